/** Calls over HTTP, with everything that a call may have. */
import * as df from 'durable-functions';

interface Answer {
  readonly statusCode: number;
  readonly headers: unknown;
  readonly content: string;
}

df.app.orchestration('CallHttp', function* ({ df: context }) {
  try {
    const { statusCode, headers, content } = (yield context.callHttp(context.getInput<df.CallHttpOptions>())) as Answer;
    return { statusCode, headers, content };
  } catch (error) {
    return (error as Error).message;
  }
});
