package io.posthorn.protocol.amqp;

/// The first two numbers of a version of RabbitMQ: where its answers changed, they did so from one to the next.
record Version(int major, int minor) {
    /// What is no version counts as the newest.
    static Version of(String text) {
        String[] parts = text.split("[^0-9]+", 3);
        try {
            return new Version(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return new Version(Integer.MAX_VALUE, 0);
        }
    }

    boolean isAtLeast(Version other) {
        return major > other.major || (major == other.major && minor >= other.minor);
    }
}
