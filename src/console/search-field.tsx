import { useEffect, useRef, useState } from 'preact/hooks';
import { go, withQuery } from './location.ts';

const typingPauseMs = 250;

interface SearchFieldProps {
  readonly query: URLSearchParams;
  readonly label: string;
}

/** Text to look for, in the address as `q`. `/` leads here from anywhere. */
export function SearchField({ query, label }: SearchFieldProps) {
  const asked = query.get('q') ?? '';
  const [text, setText] = useState(asked);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => setText((typed) => (typed.trim() === asked ? typed : asked)), [asked]);
  useEffect(() => {
    if (text.trim() === asked) return;
    // By then another filter may have been set.
    const search = (): void =>
      go(withQuery(new URLSearchParams(location.search), { q: text.trim() }), { replace: true });
    const timer = setTimeout(search, typingPauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof Element && event.target.matches('input, textarea, select, dialog *');
      if (event.key !== '/' || isTyping) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  return (
    <div class="search">
      <input
        ref={field}
        type="search"
        value={text}
        placeholder={label}
        aria-label={label}
        aria-keyshortcuts="/"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}
