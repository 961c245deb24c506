package io.posthorn.broker.admin;

/// What a user may do in a virtual host: each a regular expression that is looked for anywhere in a resource's name.
/// An empty one matches nothing but the empty name.
public record PermissionPatterns(String configure, String write, String read) {
    public static final PermissionPatterns EVERYTHING = new PermissionPatterns(".*", ".*", ".*");
}
