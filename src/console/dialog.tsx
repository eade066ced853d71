import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  /** For a table rather than a form. */
  readonly isWide?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Modal: the browser keeps the focus within, gives it back at the end, and closes it with Escape. */
export function Dialog({ title, isWide = false, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class={isWide ? 'is-wide' : ''} aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}

/** Has the browser close the dialog, which gives the focus back to where it was. */
export function LeaveButton({ label = 'Leave it' }: { readonly label?: string }) {
  return (
    <button type="button" class="button" onClick={({ currentTarget }) => currentTarget.closest('dialog')?.close()}>
      {label}
    </button>
  );
}
