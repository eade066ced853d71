/** By name; the app sees them as its environment. */
export type AppSettings = Readonly<Record<string, string | undefined>>;

/**
 * Puts app settings in the place of their names: `%QUEUE_NAME%`.
 *
 * @throws for a name that has no setting.
 */
export function resolveSettings(text: string, env: AppSettings): string {
  return text.replaceAll(/%([^%]+)%/g, (whole, name: string) => {
    const value = env[name];
    if (value === undefined) throw new Error(`${whole} names the app setting "${name}", which is not set.`);
    return value;
  });
}
