"""Signs, reads and verifies credentials and identity files with aster-rpc, by commands on stdin."""

import asyncio

from commands import serve

from aster.config import AsterConfig
from aster.runtime import _credential_from_peer_entry
from aster.trust.admission import check_offline
from aster.trust.consumer import (
    ConsumerAdmissionRequest,
    consumer_cred_from_json,
    consumer_cred_to_json,
    handle_consumer_admission_rpc,
)
from aster.trust.credentials import ConsumerEnrollmentCredential, EnrollmentCredential
from aster.trust.nonces import InMemoryNonceStore
from aster.trust.signing import _canonical_signing_bytes, load_private_key, sign_credential


async def consumer(command):
    """Presents a credential to the gate of the Python package."""
    cred = consumer_cred_from_json(command["json"])
    answer = await handle_consumer_admission_rpc(
        ConsumerAdmissionRequest(command["json"]).to_json(),
        bytes.fromhex(command["root"]),
        None,
        command["peer"],
        nonce_store=InMemoryNonceStore(),
    )
    return {
        "admitted": answer.admitted,
        "attributes": answer.attributes,
        "signedBytes": _canonical_signing_bytes(cred).hex(),
        "json": consumer_cred_to_json(cred),
    }


async def sign(command):
    """Signs a credential for a consumer and returns its JSON."""
    seed = bytes.fromhex(command["seed"])
    cred = ConsumerEnrollmentCredential(
        credential_type="ott" if command["nonce"] else "policy",
        root_pubkey=load_private_key(seed).public_key().public_bytes_raw(),
        expires_at=command["expiresAt"],
        attributes=command["attributes"],
        endpoint_id=command["endpointId"],
        nonce=bytes.fromhex(command["nonce"]) if command["nonce"] else None,
    )
    cred.signature = sign_credential(cred, seed)
    return consumer_cred_to_json(cred)


async def producer(command):
    """Checks the fields of a credential for a producer."""
    fields = command["fields"]
    cred = EnrollmentCredential(
        endpoint_id=fields["endpoint_id"],
        root_pubkey=bytes.fromhex(fields["root_pubkey"]),
        expires_at=fields["expires_at"],
        attributes=fields["attributes"],
        signature=bytes.fromhex(fields["signature"]),
    )
    result = await check_offline(cred, command["peer"])
    return {"admitted": result.admitted, "signedBytes": _canonical_signing_bytes(cred).hex()}


async def identity(command):
    """Reads an identity file as a client does."""
    config = AsterConfig()
    secret, peer = config.load_identity_from_path(
        command["path"], peer_name=command.get("name"), role=command.get("role")
    )
    credential = consumer_cred_to_json(_credential_from_peer_entry(peer)) if peer else None
    return {"secretKey": secret.hex(), "peer": peer, "credential": credential}


asyncio.run(
    serve({"consumer": consumer, "sign": sign, "producer": producer, "identity": identity}, {})
)
