package io.posthorn.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that runs three times: in memory, on files and on a server, each with a new broker. Parameters
/// are those of [PosthornTest].
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(EachBroker.class)
public @interface OnEachBroker {
    /// By whose time the brokers go.
    Setup.Time time() default Setup.Time.VIRTUAL;
}
