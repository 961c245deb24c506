package io.posthorn.broker.topology;

import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicsListener;
import java.util.ArrayList;
import java.util.List;

/// Notes what it hears.
final class TopicNews implements TopicsListener {
    final List<String> heard = new ArrayList<>();

    @Override
    public void created(Topic topic) {
        heard.add("created " + text(topic));
    }

    @Override
    public void changed(Topic topic) {
        heard.add("changed " + text(topic));
    }

    @Override
    public void removed(Topic topic) {
        heard.add("removed " + text(topic));
    }

    private static String text(Topic topic) {
        return topic.name() + " " + topic.partitions().size() + " " + topic.config();
    }
}
