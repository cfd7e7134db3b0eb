/** The ALPN on which a consumer asks to be let in (docs/wire.md, "Admission"). Raw byte streams, no frames. */
export const CONSUMER_ADMISSION_ALPN = "aster.consumer_admission";

/** The ALPN on which producers of one mesh ask each other to be let in. Raw byte streams, no frames. */
export const PRODUCER_ADMISSION_ALPN = "aster.producer_admission";
