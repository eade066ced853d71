import { useEffect, useRef } from 'preact/hooks';
import { focusTitle } from './parts.tsx';

/** A new screen is read out, and tabbing goes on from its title; the first one is the browser's to begin with. */
export function useFocusOnTitle(screen: string): void {
  const shown = useRef(screen);
  useEffect(() => {
    if (shown.current === screen) return;
    shown.current = screen;
    focusTitle();
  }, [screen]);
}

/** Tabbing goes on from the title too when what had the focus is gone: a dialog that is done, a button for what is over. */
export function useFocusKept(): void {
  useEffect(() => {
    let last: Element | null = null;
    const remember = ({ target }: FocusEvent): void => {
      last = target instanceof Element ? target : null;
    };
    const observer = new MutationObserver(() => {
      if (last === null || last.isConnected) return;
      last = null;
      if (document.activeElement === document.body) focusTitle();
    });
    document.addEventListener('focusin', remember);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', remember);
      observer.disconnect();
    };
  }, []);
}
