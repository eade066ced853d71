import type { ComponentChildren } from 'preact';
import type { OrderRecord } from '../orders/order-record.ts';
import { formatAmount, formatFull, formatName } from './format.ts';
import { root, sagaUrl } from './location.ts';
import { ErrorNotice, Loading, PhaseBadge, ScreenTitle } from './parts.tsx';
import { useResource } from './use-resource.ts';

const refreshMs = 2_000;

export function OrderPage({ id }: { readonly id: string }) {
  const { data, error, reload } = useResource<OrderRecord>(`/api/orders/${encodeURIComponent(id)}`, refreshMs);
  return (
    <>
      <header class="screen-head">
        <p class="crumbs">
          <a href={`${root}/orders`}>Orders</a> <span aria-hidden="true">/</span> {id}
        </p>
        <div class="head-row">
          <ScreenTitle title={data === undefined ? id : `Order of ${data.customer.name}`} />
          {data !== undefined && <PhaseBadge phase={data.status} />}
        </div>
        {data !== undefined && <Facts order={data} />}
      </header>
      {error !== undefined && <ErrorNotice error={error} retry={reload} />}
      {data === undefined && error === undefined && <Loading />}
      {data?.error !== undefined && (
        <div class="callout tone-bad">
          <div>
            <strong>{data.error.code}</strong>
            <p>{data.error.message}</p>
          </div>
        </div>
      )}
      {data !== undefined && <Parts order={data} />}
    </>
  );
}

interface OrderProps {
  readonly order: OrderRecord;
}

const Facts = ({ order }: OrderProps) => (
  <dl class="facts">
    <Fact label="Placed">{formatFull(order.placedAt)}</Fact>
    {order.closedAt !== undefined && <Fact label="Closed">{formatFull(order.closedAt)}</Fact>}
    <Fact label="Saga">
      <a class="id" href={sagaUrl(order.instanceId)}>
        {order.instanceId}
      </a>
    </Fact>
    <Fact label="Correlation">
      <a class="id" href={`${root}?q=${encodeURIComponent(order.correlationId)}`}>
        {order.correlationId}
      </a>
    </Fact>
  </dl>
);

const Fact = ({ label, children }: { readonly label: string; readonly children: ComponentChildren }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

const Parts = ({ order }: OrderProps) => (
  <>
    <Lines order={order} />
    <div class="cards">
      <Customer order={order} />
      <Payment order={order} />
      <Shipment order={order} />
      <Check order={order} />
      <Notices order={order} />
    </div>
  </>
);

const Lines = ({ order: { lines, currency, total } }: OrderProps) => (
  <section class="panel" aria-labelledby="lines-title">
    <div class="panel-head">
      <h2 id="lines-title">Articles</h2>
    </div>
    <div class="table-frame">
      <table class="list is-still">
        <thead>
          <tr>
            <th scope="col">Article</th>
            <th scope="col" class="number">
              Quantity
            </th>
            <th scope="col" class="number">
              Unit price
            </th>
            <th scope="col" class="number">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ sku, quantity, unitPrice }, n) => (
            <tr key={n}>
              <td>{sku}</td>
              <td class="number">{quantity}</td>
              <td class="number">{formatAmount(unitPrice)}</td>
              <td class="number">{formatAmount(quantity * unitPrice)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              Total
            </th>
            <td class="number">
              <strong>
                {formatAmount(total)} {currency}
              </strong>
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  </section>
);

interface CardProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

function Card({ title, children }: CardProps) {
  const id = `card-${title.toLowerCase()}`;
  return (
    <section class="panel card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

const Customer = ({ order: { customer, shippingAddress: to } }: OrderProps) => (
  <Card title="Customer">
    <p>
      <strong>{customer.name}</strong>
      <br />
      {customer.email}
      <br />
      <a href={`${root}/orders?customer=${encodeURIComponent(customer.id)}`}>all orders of {customer.id}</a>
    </p>
    <address>
      {to.name}
      <br />
      {to.street}
      <br />
      {to.postalCode} {to.city}, {to.country}
    </address>
  </Card>
);

/** Of a charge that was undone, the record keeps no id. */
const Payment = ({ order: { chargeId, status, total, currency } }: OrderProps) => (
  <Card title="Payment">
    {chargeId === undefined ? (
      <p class="muted">{isOver(status) ? 'Nothing is charged.' : 'Not charged yet.'}</p>
    ) : (
      <p>
        {formatAmount(total)} {currency} charged
        <br />
        <span class="id">{chargeId}</span>
      </p>
    )}
  </Card>
);

const Shipment = ({ order: { shipment, status } }: OrderProps) => (
  <Card title="Shipment">
    {shipment === undefined ? (
      <p class="muted">{isOver(status) ? 'Nothing is shipped.' : 'Not booked yet.'}</p>
    ) : (
      <p>
        {shipment.carrier}
        <br />
        <span class="id">{shipment.trackingNumber}</span>
      </p>
    )}
  </Card>
);

const isOver = (status: OrderRecord['status']): boolean => status !== 'processing' && status !== 'awaiting_review';

const Check = ({ order: { fraud, review } }: OrderProps) => (
  <Card title="Fraud check">
    {fraud === undefined ? (
      <p class="muted">No score is on record.</p>
    ) : (
      <p>
        Score {fraud.score} of 100: {fraud.risk} risk
        {fraud.reasons.length > 0 && ` (${fraud.reasons.map(formatName).join(', ').toLowerCase()})`}
      </p>
    )}
    {review !== undefined && (
      <p>
        {review.decision === 'approve' ? 'Approved' : 'Rejected'} by <strong>{review.by}</strong>
        {review.checkedBy !== undefined && `, who checked by ${review.checkedBy}`}
        {review.reason !== undefined && `: ${review.reason}`}
      </p>
    )}
  </Card>
);

const Notices = ({ order: { notices } }: OrderProps) => (
  <Card title="Messages">
    {notices === undefined || notices.length === 0 ? (
      <p class="muted">The customer has been told nothing.</p>
    ) : (
      <ul>
        {notices.map(({ channel, sent, error }, n) => (
          <li key={n}>
            <span class={`sign tone-${sent ? 'good' : 'bad'}`} aria-hidden="true">
              {sent ? '✓' : '✗'}
            </span>{' '}
            {formatName(channel)} {sent ? 'sent' : `not sent: ${error ?? 'no reason is on record'}`}
          </li>
        ))}
      </ul>
    )}
  </Card>
);
