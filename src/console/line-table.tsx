import { formatAmount, formatValue } from './format.ts';
import { Table } from './table.tsx';

interface Line {
  readonly text: string;
  readonly quantity?: number | undefined;
  readonly unitPrice?: number | undefined;
  readonly amount?: number | undefined;
}

interface LineTableProps {
  readonly caption: string;
  readonly lines: readonly Line[];
  /** With its currency. */
  readonly total?: string;
}

/** What was bought, line by line. */
export const LineTable = ({ caption, lines, total }: LineTableProps) => (
  <Table
    isStill
    caption={caption}
    columns={[['Article'], ['Quantity', 'number'], ['Unit price', 'number'], ['Amount', 'number']]}
    foot={total !== undefined && <Total total={total} />}
  >
    {lines.map(({ text, quantity, unitPrice, amount }, n) => (
      <tr key={n}>
        <td>{text}</td>
        <td class="number">{formatValue(quantity ?? '')}</td>
        <td class="number">{amountOf(unitPrice)}</td>
        <td class="number">{amountOf(amount)}</td>
      </tr>
    ))}
  </Table>
);

const amountOf = (value: number | undefined): string => (value === undefined ? '' : formatAmount(value));

const Total = ({ total }: { readonly total: string }) => (
  <tfoot>
    <tr>
      <th scope="row" colSpan={3}>
        Total
      </th>
      <td class="number">
        <strong>{total}</strong>
      </td>
    </tr>
  </tfoot>
);
