package io.posthorn.testkit;

import io.posthorn.testkit.Setup.Kind;
import io.posthorn.testkit.Setup.Time;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/// Runs a test on each kind of broker.
final class EachBroker implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getElement(), OnEachBroker.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Time time = AnnotationSupport.findAnnotation(context.getElement(), OnEachBroker.class)
                .orElseThrow()
                .time();
        return Stream.of(Kind.values()).map(kind -> new On(kind, time));
    }

    private record On(Kind kind, Time time) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return kind.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new PosthornExtension(kind, time));
        }
    }
}
