/** Nobody looks at a hidden page: it asks for nothing, and leaves the few connections of a browser to those that are looked at. */
export async function untilVisible(signal: AbortSignal): Promise<void> {
  if (document.visibilityState === 'visible') return;
  await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true, signal }));
}
