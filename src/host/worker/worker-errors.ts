/** The app could not be loaded. Its stack is the app's own. */
export class AppLoadError extends Error {
  override readonly name = 'AppLoadError';
}

/** The thread ended before it answered: the function may or may not have done its work. */
export class WorkerGoneError extends Error {
  override readonly name = 'WorkerGoneError';
}
