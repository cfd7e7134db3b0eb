import { choose, chosen, isUsable, openSession, sessions } from "../state/sessions.ts";

/** Chooses the session of the next calls. */
export function SessionChoice({ service }: { service: string }) {
  const usable = sessions.value.filter((each) => each.service === service && isUsable(each));
  const failed = sessions.value.findLast((each) => each.service === service)?.error;
  return (
    <div class="session-choice">
      {usable.length === 0 ? (
        <span class="hint">The first call opens a session.</span>
      ) : (
        <select
          aria-label="Session"
          value={chosen.value.get(service) ?? usable.at(-1)?.id}
          onChange={({ currentTarget }) => choose(service, Number(currentTarget.value))}
        >
          {usable.map(({ id }) => (
            <option key={id} value={id}>
              session #{id}
            </option>
          ))}
        </select>
      )}
      <button type="button" class="small" onClick={() => openSession(service)}>
        Open session
      </button>
      {failed !== undefined && <span class="wrong">{failed.message}</span>}
    </div>
  );
}
