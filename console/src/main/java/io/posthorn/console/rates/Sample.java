package io.posthorn.console.rates;

/// What was measured at one time.
@SuppressWarnings("ArrayRecordComponent") // never compared
record Sample(long time, long[] values) {}
