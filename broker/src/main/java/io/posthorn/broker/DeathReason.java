package io.posthorn.broker;

/// Why a queue gave a message up.
public enum DeathReason {
    /// A consumer refused it.
    REJECTED(1),
    /// It was in the queue, or on its way, for too long.
    EXPIRED(2),
    /// The queue was full.
    MAXLEN(3),
    /// It came back more often than the queue allows.
    DELIVERY_LIMIT(4);

    private final byte code;

    DeathReason(int code) {
        this.code = (byte) code;
    }

    /// Its number in what is stored.
    public byte code() {
        return code;
    }

    public static DeathReason of(int code) {
        return switch (code) {
            case 1 -> REJECTED;
            case 2 -> EXPIRED;
            case 3 -> MAXLEN;
            case 4 -> DELIVERY_LIMIT;
            default -> throw new IllegalArgumentException("there is no death of kind " + code);
        };
    }
}
