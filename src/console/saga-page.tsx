import { useEffect, useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { ArchivedSaga } from './archived-saga.tsx';
import { DocumentViewer } from './document-viewer.tsx';
import { ownInputOf, parentOf } from './family.ts';
import { formatDuration, formatFull } from './format.ts';
import { documentUrl, orderUrl, type Place, sagaUrl } from './location.ts';
import type { OperationName } from './operations.ts';
import { ErrorNotice, focusTitle, Json, Loading, PhaseBadge, Progress, ScreenTitle, Time } from './parts.tsx';
import { reviewedDocument, ReviewPanel } from './review-panel.tsx';
import { RunComparison } from './run-comparison.tsx';
import { SagaActions } from './saga-actions.tsx';
import { SagaHistory } from './saga-history.tsx';
import { subjectOf } from './subject.ts';
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
  useEffect(() => {
    if (done !== undefined) focusTitle();
  }, [done]);
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
      {saga.error !== undefined && saga.phase !== 'completed' && <FailureCallout {...saga} error={saga.error} />}
      {saga.review !== undefined && (
        <ReviewDesk key={saga.review.id} id={id} review={saga.review} onDecided={accepted} />
      )}
      <SagaHistory saga={saga} query={query} />
      <RunComparison saga={saga} />
      <SagaData saga={saga} />
    </>
  );
}

interface ReviewDeskProps {
  readonly id: string;
  readonly review: NonNullable<SagaView['review']>;
  readonly onDecided: (done: string) => void;
}

/** The question, and beside it what it is about. */
function ReviewDesk({ id, review, onDecided }: ReviewDeskProps) {
  const document = reviewedDocument(review);
  const question = <ReviewPanel instanceId={id} review={review} onDecided={onDecided} />;
  if (document === undefined) return question;
  return (
    <div class="desk">
      {question}
      <DocumentViewer documentId={document.id} name={document.name} />
    </div>
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

interface FailureProps extends Pick<SagaView, 'step' | 'runtimeStatus'> {
  readonly error: NonNullable<SagaView['error']>;
}

/** A warning for as long as the saga itself can get over it. */
const FailureCallout = ({ error, step, runtimeStatus }: FailureProps) => (
  <div class={`callout tone-${runtimeStatus === 'Failed' ? 'bad' : 'warn'}`}>
    <div>
      <strong>{error.code}</strong>
      {step !== undefined && ` in ${shortName(step)}`}
      <p>{error.message}</p>
    </div>
  </div>
);

interface SagaHeadProps {
  readonly saga: SagaView;
  readonly onAccepted: (done: string, operation: OperationName) => void;
}

function SagaHead({ saga, onAccepted }: SagaHeadProps) {
  const { instanceId, name, phase, progress } = saga;
  return (
    <header class="screen-head saga-head">
      <p class="crumbs">
        <a href="/api/console">Sagas</a> <span aria-hidden="true">/</span> {name}
      </p>
      <div class="head-row">
        <ScreenTitle title={subjectOf(saga) ?? name}>
          {subjectOf(saga) ?? name} <span class="id">{instanceId}</span>
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
      <div>
        <dt>Started</dt>
        <dd>
          <Time at={saga.createdAt} now={now} />
        </dd>
      </div>
      <div>
        <dt>Changed</dt>
        <dd title={formatFull(saga.updatedAt)}>{formatFull(saga.updatedAt)}</dd>
      </div>
      <div>
        <dt>Engine</dt>
        <dd>
          {saga.runtimeStatus}
          {saga.version !== undefined && `, version ${saga.version}`}
        </dd>
      </div>
      <div>
        <dt>Correlation</dt>
        <dd class="id">
          {saga.correlationId === undefined ? (
            '—'
          ) : (
            <a href={`/api/console?q=${encodeURIComponent(saga.correlationId)}`}>{saga.correlationId}</a>
          )}
        </dd>
      </div>
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
  <div>
    <dt>{label}</dt>
    <dd>
      <a href={href}>{text}</a>
    </dd>
  </div>
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
