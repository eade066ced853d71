import { useState } from 'preact/hooks';
import { isKeyKept, keepKey } from './api.ts';
import { Dialog, LeaveButton } from './dialog.tsx';

/** For an app that asks for a function key. Cancelling leaves the page with the refusals it shows. */
export function KeyDialog() {
  const [key, setKey] = useState('');
  const enter = (event: Event): void => {
    event.preventDefault();
    keepKey(key.trim());
    location.reload();
  };
  return (
    <Dialog title={isKeyKept() ? 'The app refuses this key' : 'This app asks for a key'} onClose={() => {}}>
      <form onSubmit={enter}>
        <p class="muted">A function key or host key of the app. It is kept in this tab and sent to this app alone.</p>
        <label class="field">
          Key
          <input
            type="password"
            required
            autocomplete="off"
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <div class="dialog-actions">
          <LeaveButton label="Go on without" />
          <button class="button primary" type="submit">
            Use this key
          </button>
        </div>
      </form>
    </Dialog>
  );
}
