import { closeSession, isUsable, sessions } from "../state/sessions.ts";

/** The sessions of this page. */
export function SessionList() {
  const { value: all } = sessions;
  if (all.length === 0) return null;
  return (
    <section class="sessions" aria-label="Sessions">
      <h2>Sessions</h2>
      <ul>
        {all.map((session) => (
          <li key={session.id}>
            <span class={`dot ${session.state}`} aria-hidden="true" />
            <span>
              {session.service} <span class="dim">#{session.id}</span>
              {session.error !== undefined && <span class="wrong"> {session.error.message}</span>}
            </span>
            {isUsable(session) && (
              <button type="button" class="small" onClick={() => closeSession(session.id)}>
                Close
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
