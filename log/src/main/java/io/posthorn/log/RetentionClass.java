package io.posthorn.log;

/// How the records of a log come to their end. What dies together is laid together when the journal is rolled over, so
/// that whole segments become free and little is written again.
public enum RetentionClass {
    /// Taken one by one, most of them soon.
    WORK,
    /// Kept for hours.
    SHORT,
    /// Kept for days, or up to a size, or for ever.
    LONG,
    /// Kept until something newer has the same key: rewritten now and then.
    COMPACTED
}
