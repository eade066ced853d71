import type { ComponentChildren } from 'preact';
import type { OrderRecord } from '../orders/order-record.ts';
import { formatAmount, formatFull, formatName } from './format.ts';
import { LineTable } from './line-table.tsx';
import { root } from './location.ts';
import { Crumbs, Fact, Failure, Loaded, PhaseBadge, ScreenTitle } from './parts.tsx';
import { SagaFact } from './saga-fact.tsx';
import { useResource } from './use-resource.ts';

const refreshMs = 2_000;

export function OrderPage({ id }: { readonly id: string }) {
  const order = useResource<OrderRecord>(`/api/orders/${encodeURIComponent(id)}`, refreshMs);
  const { data } = order;
  return (
    <>
      <header class="screen-head">
        <Crumbs href={`${root}/orders`} text="Orders">
          {id}
        </Crumbs>
        <div class="head-row">
          <ScreenTitle title={data === undefined ? id : `Order of ${data.customer.name}`} />
          {data !== undefined && <PhaseBadge phase={data.status} />}
        </div>
        {data !== undefined && <Facts order={data} />}
      </header>
      <Loaded of={order}>
        {(record) => (
          <>
            {record.error !== undefined && <Failure {...record.error} />}
            <Parts order={record} />
          </>
        )}
      </Loaded>
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
    <SagaFact instanceId={order.instanceId} cause={order} />
    <Fact label="Correlation">
      <a class="id" href={`${root}?q=${encodeURIComponent(order.correlationId)}`}>
        {order.correlationId}
      </a>
    </Fact>
  </dl>
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
    <LineTable
      caption="Articles"
      total={`${formatAmount(total)} ${currency}`}
      lines={lines.map(({ sku, quantity, unitPrice }) => ({
        text: sku,
        quantity,
        unitPrice,
        amount: quantity * unitPrice,
      }))}
    />
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
      <p class="muted">{isOver(status) ? 'Nothing is charged.' : 'No charge is on record.'}</p>
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
      <p class="muted">{isOver(status) ? 'Nothing is shipped.' : 'No shipment is on record.'}</p>
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
