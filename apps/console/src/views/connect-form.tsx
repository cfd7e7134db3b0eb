import { useSignal } from "@preact/signals";
import { connect } from "../state/peer.ts";

/** Connects to another peer. */
export function ConnectForm({ address }: { address: string }) {
  const entered = useSignal(address);
  return (
    <form
      class="connect"
      onSubmit={(event) => {
        event.preventDefault();
        if (entered.value.trim() !== "") connect(entered.value);
      }}
    >
      <label for="address">Address of the peer</label>
      <textarea
        id="address"
        rows={3}
        spellcheck={false}
        placeholder="aster1…"
        value={entered.value}
        onInput={({ currentTarget }) => {
          entered.value = currentTarget.value;
        }}
      />
      <button type="submit" class="primary">
        Connect
      </button>
    </form>
  );
}
