import type { OrderPage } from '../azure/order-records.ts';
import { formatAmount, formatName } from './format.ts';
import { firstDay, listQuery } from './list-query.ts';
import { orderUrl, type Place } from './location.ts';
import { Pager } from './pager.tsx';
import { ErrorNotice, Loading, Notice, PhaseBadge, ScreenTitle, Time } from './parts.tsx';
import { periods } from './period.ts';
import { openUnlessSelecting } from './saga-list.tsx';
import { SearchField } from './search-field.tsx';
import { SelectFilter } from './select-filter.tsx';
import { useNow } from './use-now.ts';
import { useResource } from './use-resource.ts';

const statuses = ['processing', 'awaiting_review', 'fulfilled', 'rejected', 'cancelled', 'failed'] as const;
const refreshMs = 5_000;

export function OrderList({ query }: Pick<Place, 'query'>) {
  const now = useNow();
  const asked = listQuery(query, ['q', 'status', 'customer'], firstDay(query, now));
  const { data, error, reload } = useResource<OrderPage>(`/api/orders?${asked}`, refreshMs);
  return (
    <>
      <header class="screen-head">
        <ScreenTitle title="Orders" />
        <p class="muted">What customers ordered, and how far each order has come.</p>
      </header>
      <div class="filters" role="search">
        <SearchField query={query} label="Customer, article, city, tracking number" />
        <SelectFilter query={query} name="status" label="Status" all="Any status" options={statuses.map(option)} />
        <SelectFilter query={query} name="period" label="Placed" all="Any time" options={days} />
      </div>
      {error !== undefined && <ErrorNotice error={error} retry={reload} />}
      {data === undefined && error === undefined && <Loading rows={10} />}
      {data?.orders.length === 0 && <NoOrders isFiltered={query.size > 0} />}
      {data !== undefined && data.orders.length > 0 && (
        <>
          <OrderTable orders={data.orders} now={now} />
          <Pager query={query} shown={data.orders.length} of={undefined} continuation={data.continuation} />
        </>
      )}
    </>
  );
}

const option = (name: string): readonly [string, string] => [name, formatName(name)];
const days = periods.filter(({ hours }) => hours >= 24).map(({ name, label }) => [name, label] as const);

const NoOrders = ({ isFiltered }: { readonly isFiltered: boolean }) =>
  isFiltered ? (
    <Notice title="No order fits these filters" />
  ) : (
    <Notice title="Nobody has ordered yet">
      <p>POST /api/orders takes an order, and it shows up here.</p>
    </Notice>
  );

function OrderTable({ orders, now }: Pick<OrderPage, 'orders'> & { readonly now: Date }) {
  return (
    <div class="table-frame">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Customer</th>
            <th scope="col" class="wide-only">
              Articles
            </th>
            <th scope="col" class="number">
              Total
            </th>
            <th scope="col" class="wide-only">
              Placed
            </th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <tr key={order.id} onClick={(event) => openUnlessSelecting(event, orderUrl(order.id))}>
              <td>
                <PhaseBadge phase={order.status} />
              </td>
              <td class="main-cell">
                <a href={orderUrl(order.id)}>{order.customer.name}</a>
                <span class="id">{order.id}</span>
              </td>
              <td class="what wide-only">
                {order.lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}
              </td>
              <td class="number">
                {formatAmount(order.total)} {order.currency}
              </td>
              <td class="when wide-only">
                <Time at={order.placedAt} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
