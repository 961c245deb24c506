package io.posthorn.broker;

import java.util.List;

/// Some messages of a queue, by age.
///
/// @param next where to go on; [#END] when these were the last. It says nothing else: a page may be empty and
/// not the last, when there was much to look through
public record BrowsePage(List<BrowsedMessage> messages, long next) {
    public static final long END = -1;

    public BrowsePage {
        messages = List.copyOf(messages);
    }
}
