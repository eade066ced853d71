import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

// Preloaded into a program (`node --import`): names the modules that it loads to send telemetry, in the file that LOADED_MODULES names.

const file = process.env['LOADED_MODULES'];
if (file !== undefined) {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      if (/node_modules\/@(opentelemetry|azure\/monitor)/.test(resolved.url)) appendFileSync(file, `${resolved.url}\n`);
      return resolved;
    },
  });
}
