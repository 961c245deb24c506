package io.posthorn.broker;

/// The answer that has nothing to say but that it is done.
public enum Done {
    DONE
}
