package io.posthorn.testkit;

import io.posthorn.events.Posthorn;
import io.posthorn.testkit.Setup.Kind;
import io.posthorn.testkit.Setup.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/// Resolves the parameters of [PosthornTest].
public final class PosthornExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(PosthornExtension.class);
    private static final Set<Class<?>> TYPES = Set.of(TestBroker.class, Posthorn.class, Addresses.class);

    private final @Nullable Kind kind;
    private final @Nullable Time time;

    /// As the annotation says, or a server in the machine's time.
    public PosthornExtension() {
        this.kind = null;
        this.time = null;
    }

    PosthornExtension(Kind kind, Time time) {
        this.kind = kind;
        this.time = time;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Running running =
                context.getStore(NAMESPACE).computeIfAbsent(Running.class, _ -> start(context), Running.class);
        Class<?> type = parameter.getParameter().getType();
        if (type == Posthorn.class) {
            return running.posthorn();
        }
        return type == Addresses.class ? running.broker().addresses() : running.broker();
    }

    private Running start(ExtensionContext context) {
        Kind on = kind;
        Time by = time;
        if (on == null || by == null) {
            var annotation = AnnotationSupport.findAnnotation(context.getElement(), PosthornTest.class)
                    .or(() -> AnnotationSupport.findAnnotation(
                            context.getRequiredTestClass(), PosthornTest.class, List.of()));
            on = annotation.map(PosthornTest::on).orElse(Kind.SERVER);
            by = annotation.map(PosthornTest::time).orElse(Time.REAL);
        }
        Path directory = on == Kind.FILES ? temporary() : null;
        return new Running(TestBroker.of(new Setup(on, by, directory)), directory);
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("posthorn-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A broker, and a program's way to it. Closed by JUnit behind whatever asked for it first.
    private static final class Running implements AutoCloseable {
        private final TestBroker broker;
        private final @Nullable Path directory;
        private @Nullable Posthorn posthorn;

        Running(TestBroker broker, @Nullable Path directory) {
            this.broker = broker;
            this.directory = directory;
        }

        TestBroker broker() {
            return broker;
        }

        synchronized Posthorn posthorn() {
            Posthorn open = posthorn == null ? broker.open() : posthorn;
            posthorn = open;
            return open;
        }

        @Override
        public void close() throws IOException {
            broker.close();
            if (directory != null) {
                try (Stream<Path> all = Files.walk(directory)) {
                    for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(each);
                    }
                }
            }
        }
    }
}
