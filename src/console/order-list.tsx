import type { OrderPage } from '../azure/order-records.ts';
import { formatAmount, formatName } from './format.ts';
import { firstDay, listQuery } from './list-query.ts';
import { orderUrl, type Place } from './location.ts';
import { Paged } from './paged.tsx';
import { Loaded, Notice, PhaseBadge, ScreenTitle, Time } from './parts.tsx';
import { periods } from './period.ts';
import { SearchField } from './search-field.tsx';
import { SelectFilter } from './select-filter.tsx';
import { LinkedRow, Table } from './table.tsx';
import { useNow } from './use-now.ts';
import { useResource } from './use-resource.ts';

const statuses = ['processing', 'awaiting_review', 'fulfilled', 'rejected', 'cancelled', 'failed'] as const;
const refreshMs = 5_000;

export function OrderList({ query }: Pick<Place, 'query'>) {
  const now = useNow();
  const asked = listQuery(query, ['q', 'status', 'customer'], firstDay(query, now));
  const page = useResource<OrderPage>(`/api/orders?${asked}`, refreshMs);
  return (
    <>
      <header class="screen-head">
        <ScreenTitle title="Orders" />
        <p class="muted">What customers ordered, and how far each order has come.</p>
      </header>
      <div class="filters" role="search">
        <SearchField query={query} label="Customer, article, city, tracking number" />
        <SelectFilter query={query} name="status" label="State" all="Any state" options={statuses.map(option)} />
        <SelectFilter query={query} name="period" label="Placed" all="Any time" options={days} />
      </div>
      <Loaded of={page} rows={10}>
        {({ orders, continuation }) => (
          <Paged query={query} shown={orders.length} continuation={continuation} none={<NoOrders />}>
            <OrderTable orders={orders} now={now} />
          </Paged>
        )}
      </Loaded>
    </>
  );
}

const option = (name: string): readonly [string, string] => [name, formatName(name)];
const days = periods.filter(({ hours }) => hours >= 24).map(({ name, label }) => [name, label] as const);

const NoOrders = () => (
  <Notice title="Nobody has ordered yet">
    <p>POST /api/orders takes an order, and it shows up here.</p>
  </Notice>
);

const OrderTable = ({ orders, now }: Pick<OrderPage, 'orders'> & { readonly now: Date }) => (
  <Table columns={[['State'], ['Customer'], ['Articles', 'wide-only'], ['Total', 'number'], ['Placed', 'wide-only']]}>
    {orders.map((order) => (
      <LinkedRow key={order.id} href={orderUrl(order.id)}>
        <td>
          <PhaseBadge phase={order.status} />
        </td>
        <td class="main-cell">
          <a href={orderUrl(order.id)}>{order.customer.name}</a>
          <span class="id">{order.id}</span>
        </td>
        <td class="what wide-only">{order.lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}</td>
        <td class="number">
          {formatAmount(order.total)} {order.currency}
        </td>
        <td class="when wide-only">
          <Time at={order.placedAt} now={now} />
        </td>
      </LinkedRow>
    ))}
  </Table>
);
