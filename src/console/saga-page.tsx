import { useEffect, useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { ArchivedSaga } from './archived-saga.tsx';
import { ownInputOf, parentOf } from './family.ts';
import { formatDuration, formatFull } from './format.ts';
import { computeHoldReason } from './hold-reason.ts';
import { documentUrl, orderUrl, type Place, root, sagaUrl } from './location.ts';
import type { OperationName } from './operations.ts';
import { Crumbs, ErrorNotice, Fact, Json, Loading, PhaseBadge, Progress, ScreenTitle, Time } from './parts.tsx';
import { ReviewPanels } from './review-panels.tsx';
import { RunComparison } from './run-comparison.tsx';
import { SagaActions } from './saga-actions.tsx';
import { SagaHistory } from './saga-history.tsx';
import { subjectIn } from './subject.ts';
import { isObject } from './step-runs.ts';
import { shortName } from './tell-entry.ts';
import { useLive } from './use-live.ts';
import { useNow } from './use-now.ts';

interface SagaPageProps {
  readonly id: string;
  readonly query: Place['query'];
}

/** An operation that was accepted; a new one each time, also of the same kind. */
interface Done {
  readonly what: string;
}

export function SagaPage({ id, query }: SagaPageProps) {
  const { data: saga, error, follow } = useLive<SagaView>(`/api/sagas/${encodeURIComponent(id)}/events`);
  const [done, setDone] = useState<Done>();
  const [isDeleted, setDeleted] = useState(false);
  const accepted = (what: string, operation?: OperationName): void => {
    if (operation === 'delete') setDeleted(true);
    setDone({ what });
    follow();
  };
  if (isDeleted || error?.status === 404) return <ArchivedSaga id={id} query={query} />;
  if (saga === undefined) {
    return (
      <>
        <ScreenTitle title={id} />
        {error === undefined ? <Loading /> : <ErrorNotice error={error} />}
      </>
    );
  }
  return (
    <>
      <SagaHead saga={saga} onAccepted={accepted} />
      <Announcement done={done} />
      {error !== undefined && <ErrorNotice error={error} />}
      {saga.error !== undefined && saga.phase !== 'completed' && <FailureCallout saga={saga} error={saga.error} />}
      {saga.review !== undefined && <ReviewPanels saga={saga} onDecided={accepted} />}
      <SagaHistory saga={saga} query={query} />
      <RunComparison saga={saga} />
      <SagaData saga={saga} />
    </>
  );
}

const shownMs = 6_000;

/** Read out when it comes, gone after a while. */
function Announcement({ done }: { readonly done: Done | undefined }) {
  const [shown, setShown] = useState<Done>();
  useEffect(() => {
    setShown(done);
    const timer = setTimeout(() => setShown(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <div class="announcement" role="status">
      {shown?.what}
    </div>
  );
}

interface FailureProps {
  readonly saga: SagaView;
  readonly error: NonNullable<SagaView['error']>;
}

/** A warning for as long as the saga itself can get over it. */
function FailureCallout({ saga, error }: FailureProps) {
  const { step, runtimeStatus } = saga;
  const whyHeld = computeHoldReason(saga);
  return (
    <div class={`callout tone-${runtimeStatus === 'Failed' ? 'bad' : 'warn'}`}>
      <div>
        <strong>{error.code}</strong>
        {step !== undefined && ` in ${shortName(step)}`}
        <p>{error.message}</p>
        {whyHeld !== undefined && <p>{whyHeld}</p>}
      </div>
    </div>
  );
}

interface SagaHeadProps {
  readonly saga: SagaView;
  readonly onAccepted: (done: string, operation: OperationName) => void;
}

function SagaHead({ saga, onAccepted }: SagaHeadProps) {
  const { instanceId, name, phase, progress } = saga;
  const title = subjectIn(ownInputOf(saga)) ?? name;
  return (
    <header class="screen-head saga-head">
      <Crumbs href={root} text="Sagas">
        {name}
      </Crumbs>
      <div class="head-row">
        <ScreenTitle title={title}>
          {title} <span class="id">{instanceId}</span>
        </ScreenTitle>
        <SagaActions saga={saga} onAccepted={onAccepted} />
      </div>
      <div class="head-row">
        <PhaseBadge phase={phase} />
        <Progress percent={progress} label="Progress" />
        <Now saga={saga} />
      </div>
      <Facts saga={saga} />
    </header>
  );
}

function Now({ saga: { step, attempt, nextAttemptAt, phase } }: { readonly saga: SagaView }) {
  const now = useNow();
  if (step === undefined || phase === 'completed') return null;
  const which = attempt !== undefined && attempt > 1 ? `, attempt ${attempt}` : '';
  const isAhead = nextAttemptAt !== undefined && Date.parse(nextAttemptAt) > now.getTime();
  return (
    <span class="muted">
      {step.startsWith('review ') ? step : shortName(step)}
      {which}
      {isAhead && `, again in ${formatDuration(Date.parse(nextAttemptAt) - now.getTime())}`}
    </span>
  );
}

function Facts({ saga }: { readonly saga: SagaView }) {
  const now = useNow();
  const documentId = textIn(ownInputOf(saga), 'documentId');
  const orderId = saga.name === 'fulfilOrder' ? textIn(ownInputOf(saga), 'id') : undefined;
  const parent = parentOf(saga);
  return (
    <dl class="facts">
      <Fact label="Started">
        <Time at={saga.createdAt} now={now} />
      </Fact>
      <Fact label="Changed">{formatFull(saga.updatedAt)}</Fact>
      <Fact label="Engine">
        {saga.runtimeStatus}
        {saga.version !== undefined && `, version ${saga.version}`}
      </Fact>
      {saga.correlationId !== undefined && (
        <Fact label="Correlation">
          <a class="id" href={`${root}?q=${encodeURIComponent(saga.correlationId)}`}>
            {saga.correlationId}
          </a>
        </Fact>
      )}
      {documentId !== undefined && <FactLink label="Document" href={documentUrl(documentId)} text="open the record" />}
      {orderId !== undefined && <FactLink label="Order" href={orderUrl(orderId)} text="open the order" />}
      {parent !== undefined && <FactLink label="Part of" href={sagaUrl(parent)} text={parent} />}
      {saga.running?.map(({ saga: name, instanceId }) => (
        <FactLink key={instanceId} label="Runs" href={sagaUrl(instanceId)} text={name} />
      ))}
    </dl>
  );
}

interface FactLinkProps {
  readonly label: string;
  readonly href: string;
  readonly text: string;
}

const FactLink = ({ label, href, text }: FactLinkProps) => (
  <Fact label={label}>
    <a href={href}>{text}</a>
  </Fact>
);

function textIn(input: unknown, name: string): string | undefined {
  const value = isObject(input) ? input[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

const SagaData = ({ saga }: { readonly saga: SagaView }) => (
  <section class="data-pair" aria-label="Data">
    <details open={saga.output !== null}>
      <summary>Input</summary>
      <Json value={ownInputOf(saga)} label="Input" />
    </details>
    <details open={saga.output !== null}>
      <summary>Output</summary>
      {saga.output === null ? (
        <p class="muted">There is none until the saga completes.</p>
      ) : (
        <Json value={saga.output} label="Output" />
      )}
    </details>
  </section>
);
