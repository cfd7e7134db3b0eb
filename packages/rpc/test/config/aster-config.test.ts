import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { AsterConfig, RpcError, RpcReason, StatusCode } from "@aster/rpc";
import { Secret } from "@aster/trust";
import { describe, expect, test } from "vitest";
import { settingList } from "../../src/config/settings.ts";

const secretKey = Buffer.alloc(32, 0x5e).toString("base64");

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "aster-config-")), "aster.toml");
  writeFileSync(path, text);
  return path;
}

function refusal(make: () => unknown): RpcError {
  try {
    make();
  } catch (error) {
    if (error instanceof RpcError) {
      expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
      expect(error.details.reason).toBe(RpcReason.OPTION_INVALID);
      return error;
    }
    throw error;
  }
  throw new Error("the configuration was accepted");
}

/** A valid text for each variable, and its value. */
const samples: Readonly<Record<string, readonly [string, unknown]>> = {
  ASTER_ROOT_PUBKEY: ["AB".repeat(32), "ab".repeat(32)],
  ASTER_ROOT_PUBKEY_FILE: ["/etc/aster/root.pub", "/etc/aster/root.pub"],
  ASTER_ENROLLMENT_CREDENTIAL: ["client.cred", "client.cred"],
  ASTER_ENROLLMENT_CREDENTIAL_IID: ["token", "token"],
  ASTER_IDENTITY_FILE: ["~/.aster-identity", "~/.aster-identity"],
  ASTER_ALLOW_ALL_CONSUMERS: ["Yes", true],
  ASTER_ALLOW_ALL_PRODUCERS: ["off", false],
  ASTER_PEER_TTL_S: ["1.5", 1.5],
  ASTER_ENDPOINT_ADDR: ["cd".repeat(32), "cd".repeat(32)],
  ASTER_STORAGE_PATH: ["/var/lib/aster", "/var/lib/aster"],
  ASTER_SECRET_KEY: [secretKey, "[redacted]"],
  ASTER_RELAY_MODE: ["Disabled", "disabled"],
  ASTER_RELAY_URLS: [
    "https://a.example, https://b.example",
    ["https://a.example", "https://b.example"],
  ],
  ASTER_BIND_ADDR: ["0.0.0.0:9000", "0.0.0.0:9000"],
  ASTER_ENABLE_MONITORING: ["1", true],
  ASTER_ENABLE_HOOKS: ["0", false],
  ASTER_HOOK_TIMEOUT_MS: ["5000", 5000],
  ASTER_CLEAR_IP_TRANSPORTS: ["no", false],
  ASTER_CLEAR_RELAY_TRANSPORTS: ["ON", true],
  ASTER_PORTMAPPER_CONFIG: ["disabled", "disabled"],
  ASTER_PROXY_URL: ["http://proxy.example:3128", "http://proxy.example:3128"],
  ASTER_PROXY_FROM_ENV: ["true", true],
  ASTER_LOCAL_DISCOVERY: ["FALSE", false],
  ASTER_ALPNS: ["own/1, own/2", ["own/1", "own/2"]],
  ASTER_LOG_FORMAT: ["JSON", "json"],
  ASTER_LOG_LEVEL: ["warn", "warning"],
  ASTER_LOG: ["transport=debug,calls=warn", "transport=debug,calls=warn"],
  ASTER_LOG_MASK: ["false", false],
  ASTER_HEALTH_PORT: ["8080", 8080],
  ASTER_HEALTH_HOST: ["0.0.0.0", "0.0.0.0"],
  ASTER_ENROLLMENT: ["producer.cred", "producer.cred"],
  ASTER_MESH_BOOTSTRAP: ["aster1a, aster1b", ["aster1a", "aster1b"]],
  ASTER_MESH_STATE_DIR: ["/var/lib/mesh", "/var/lib/mesh"],
  ASTER_CLOCK_DRIFT_TOLERANCE_MS: ["1000", 1000],
  ASTER_REPLAY_WINDOW_MS: ["2000", 2000],
  ASTER_GRACE_PERIOD_MS: ["3000", 3000],
  ASTER_SERVICE_ADDRESS: ["ef".repeat(32), "ef".repeat(32)],
};

describe("fromEnv", () => {
  test.each(settingList)("reads the variable of %s", (name, { variable }) => {
    const [text, value] = samples[variable] ?? [];
    const config = AsterConfig.fromEnv({ [variable]: ` ${text} ` });
    const read = config.get(name);
    expect(read instanceof Secret ? String(read) : read).toEqual(value);
    expect(config.originOf(name)).toBe(variable);
    expect(config.names()).toEqual([name]);
  });

  test.each(settingList)(
    "refuses an empty variable of %s, or takes it as unset",
    (name, setting) => {
      const { variable, mayBeEmpty } = setting;
      const read = () => AsterConfig.fromEnv({ [variable]: " " });
      if (mayBeEmpty) expect(read().get(name)).toBeUndefined();
      else expect(refusal(read).rawMessage).toContain(`${variable} is empty`);
    },
  );

  test.each([
    ["ASTER_ROOT_PUBKEY", "ab", 'a public key of 64 hex characters, got "ab"'],
    ["ASTER_ALLOW_ALL_CONSUMERS", "maybe", 'got "maybe"'],
    ["ASTER_RELAY_MODE", "fast", 'default, disabled, staging or custom, got "fast"'],
    ["ASTER_BIND_ADDR", "localhost:1", 'got "localhost:1"'],
    ["ASTER_HOOK_TIMEOUT_MS", "5s", 'an integer from 1 to 2147483647, got "5s"'],
    ["ASTER_HEALTH_PORT", "70000", "an integer from 0 to 65535, got 70000"],
    ["ASTER_PEER_TTL_S", "0", "a number of seconds above 0, got 0"],
    ["ASTER_LOG_LEVEL", "loud", 'debug, info, warning or error, got "loud"'],
    ["ASTER_PROXY_URL", "ftp://x", "an http or https URL, got a text of 7 characters"],
  ])("names %s with the bad value %j", (variable, text, expected) => {
    const error = refusal(() => AsterConfig.fromEnv({ [variable]: text }));
    expect(error.rawMessage).toContain(`${variable} must be `);
    expect(error.rawMessage).toContain(expected);
  });

  test("does not repeat a bad secret key", () => {
    const error = refusal(() => AsterConfig.fromEnv({ ASTER_SECRET_KEY: secretKey.slice(1) }));
    expect(error.rawMessage).toContain("got a text of 43 characters");
    expect(inspect(error)).not.toContain(secretKey.slice(1, 20));
  });

  test("refuses the variable of a private root key", () => {
    const error = refusal(() => AsterConfig.fromEnv({ ASTER_ROOT_KEY_FILE: "/root.key" }));
    expect(error.rawMessage).toContain("ASTER_ROOT_PUBKEY_FILE");
  });

  test("reads the other name of the service address", () => {
    expect(AsterConfig.fromEnv({ ASTER_SERVICE_ADDR: "x" }).originOf("serviceAddress")).toBe(
      "ASTER_SERVICE_ADDR",
    );
  });
});

describe("fromFile", () => {
  test("reads every key of every section", () => {
    const path = file(`
[trust]
root_pubkey = "${"ab".repeat(32)}"
allow_all_producers = false
peer_ttl_s = 60
[network]
relay_mode = "custom"
relay_urls = ["https://a.example"]
secret_key = "${secretKey}"
hook_timeout_ms = 100
[logging]
format = "json"
[health]
port = 9100
`);
    const config = AsterConfig.fromFile(path, {});
    expect(config.get("rootPubkey")).toBe("ab".repeat(32));
    expect(config.get("allowAllProducers")).toBe(false);
    expect(config.get("peerTtlS")).toBe(60);
    expect(config.get("relayUrls")).toEqual(["https://a.example"]);
    expect(config.get("secretKey")?.expose()).toEqual(new Uint8Array(32).fill(0x5e));
    expect(config.get("healthPort")).toBe(9100);
    expect(config.originOf("logFormat")).toBe(`${path} [logging] format`);
  });

  test.each([
    ['[network]\nbind_adr = "x"', "[network] bind_adr: unknown key; use secret_key, relay_mode"],
    ['[trust]\nbind_addr = "x"', "[trust] bind_addr: unknown key; move it into [network]"],
    ['relay_mode = "disabled"', "unknown relay_mode; move it into [network]"],
    ["[netwrk]", "unknown netwrk; use [trust], [connect]"],
    ['[trust]\nroot_key_file = "x"', "must not have the private root key; use root_pubkey_file"],
    ['[trust]\nallow_all_consumers = "true"', "allow_all_consumers must be true or false"],
    ["[health]\nport = 1.5", "[health] port must be an integer from 0 to 65535, got 1.5"],
    ["[trust]\nroot_pubkey = 12", "[trust] root_pubkey must be a public key"],
  ])("names the place of the mistake in %j", (text, expected) => {
    expect(refusal(() => AsterConfig.fromFile(file(text), {})).rawMessage).toContain(expected);
  });

  test("names a missing file, and the place of a syntax error without its text", () => {
    expect(refusal(() => AsterConfig.fromFile("/nowhere/aster.toml", {})).rawMessage).toBe(
      "the configuration file /nowhere/aster.toml: there is no such file",
    );
    const path = file(`[network]\nsecret_key = "${secretKey}`);
    const error = refusal(() => AsterConfig.fromFile(path, {}));
    expect(error.rawMessage).toMatch(/is not TOML at line 2, column \d+$/);
    expect(inspect(error)).not.toContain(secretKey.slice(0, 20));
  });
});

describe("precedence", () => {
  test("is default, file, environment, program", () => {
    const path = file('[logging]\nlevel = "error"\nformat = "json"\nmask = false');
    const config = AsterConfig.fromFile(path, {
      ASTER_LOG_LEVEL: "debug",
      ASTER_LOG_FORMAT: "text",
    }).with({ logLevel: "info" });
    expect(config.get("logMask")).toBe(false);
    expect(config.get("logFormat")).toBe("text");
    expect(config.get("logLevel")).toBe("info");
    expect(config.get("healthPort")).toBeUndefined();
    expect(config.originOf("logLevel")).toBe("logLevel");
  });

  test("keeps a secret key as a Secret, whatever its form was", () => {
    const bytes = new Uint8Array(32).fill(0x5e);
    for (const given of [bytes, Secret.of(bytes), secretKey as never]) {
      const key = AsterConfig.of({ secretKey: given }).get("secretKey");
      expect(key).toBeInstanceOf(Secret);
      expect(key?.expose()).toEqual(bytes);
    }
  });

  test("of() reads neither file nor variables, and checks names and values", () => {
    expect(AsterConfig.of({}).names()).toEqual([]);
    expect(refusal(() => AsterConfig.of({ healthPort: -1 })).rawMessage).toContain("healthPort");
    const odd = { relaymode: "disabled" } as object;
    expect(refusal(() => AsterConfig.of(odd)).rawMessage).toContain("unknown option relaymode");
  });
});

describe("print", () => {
  const config = AsterConfig.fromEnv({
    ASTER_SECRET_KEY: secretKey,
    ASTER_ENROLLMENT_CREDENTIAL_IID: "canary-token",
    ASTER_PROXY_URL: "http://user:canary-password@proxy.example",
    ASTER_ENDPOINT_ADDR: `aster1${"2Nx".repeat(30)}`,
    ASTER_ROOT_PUBKEY: "ab".repeat(32),
    ASTER_RELAY_MODE: "disabled",
  });

  test("shows each value with its source, and masks secrets", () => {
    let written = "";
    const text = config.print((part) => {
      written += part;
    });
    expect(written).toBe(text);
    const lines = text.split("\n").map((line) => line.replace(/ +/g, " "));
    expect(lines).toContain(` root_pubkey ${"ab".repeat(32)} (ASTER_ROOT_PUBKEY)`);
    expect(lines).toContain(" relay_mode disabled (ASTER_RELAY_MODE)");
    expect(lines).toContain(" secret_key [hidden] (ASTER_SECRET_KEY)");
    expect(lines).toContain(" endpoint_addr aster1[hidden] (ASTER_ENDPOINT_ADDR)");
    expect(lines).toContain(" path in memory (default)");
    for (const [, { key }] of settingList) expect(text).toContain(`  ${key} `);
  });

  test.each<[string, (config: AsterConfig) => string]>([
    ["print", (one) => one.print(() => {})],
    ["inspect", (one) => inspect(one, { depth: 9, showHidden: true })],
    ["JSON", (one) => JSON.stringify(one)],
    ["text", (one) => `${one}`],
    ["structuredClone", (one) => inspect(structuredClone({ ...one }), { depth: 9 })],
  ])("%s shows no secret", (_, show) => {
    const text = show(config);
    for (const secret of [secretKey, "5e5e5e5e", "94, 94", "canary", "2Nx2Nx"]) {
      expect(text).not.toContain(secret);
    }
  });
});
