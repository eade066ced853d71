import type { ComponentChildren } from 'preact';
import { go } from './location.ts';

interface TableProps {
  /** Each with how it looks, where that is not as usual. */
  readonly columns: readonly (readonly [label: ComponentChildren, look?: string])[];
  /** The rows are for reading, and lead nowhere. */
  readonly isStill?: boolean;
  readonly caption?: string;
  readonly foot?: ComponentChildren;
  readonly children: ComponentChildren;
}

export const Table = ({ columns, isStill = false, caption, foot, children }: TableProps) => (
  <div class="table-frame">
    <table class={`list ${isStill ? 'is-still' : ''}`}>
      {caption !== undefined && <caption class="visually-hidden">{caption}</caption>}
      <thead>
        <tr>
          {columns.map(([label, look], n) => (
            <th key={n} scope="col" class={look}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
      {foot}
    </table>
  </div>
);

interface LinkedRowProps {
  /** Where the link in it leads. */
  readonly href: string;
  readonly isChosen?: boolean;
  readonly children: ComponentChildren;
}

/** The whole row is the link's target for a mouse, unless text in it is being selected or a control of its own was hit. */
export function LinkedRow({ href, isChosen = false, children }: LinkedRowProps) {
  const open = ({ target }: MouseEvent): void => {
    const isControl = target instanceof Element && target.closest('a, .choose') !== null;
    if (!isControl && getSelection()?.isCollapsed !== false) go(href);
  };
  return (
    <tr class={isChosen ? 'is-chosen' : ''} onClick={open}>
      {children}
    </tr>
  );
}
