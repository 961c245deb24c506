package io.posthorn.console.definitions;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.TopicPatterns;

/// What files say of who may do what.
final class Rights {
    private Rights() {}

    static AdminChange permissions(Item item) {
        return new AdminChange.SetPermissions(
                item.name("user"),
                item.name("vhost"),
                new PermissionPatterns(item.text("configure"), item.text("write"), item.text("read")));
    }

    static AdminChange topicPermissions(Item item) {
        return new AdminChange.SetTopicPermissions(
                item.name("user"),
                item.name("vhost"),
                item.text("exchange"),
                new TopicPatterns(item.text("write"), item.text("read")));
    }
}
