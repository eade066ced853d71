/** The URL of a module beside the caller's, which is `.ts` when run from source and `.js` when compiled. */
export function siblingModule(callerUrl: string, name: string): URL {
  return new URL(`./${name}${callerUrl.slice(callerUrl.lastIndexOf('.'))}`, callerUrl);
}
