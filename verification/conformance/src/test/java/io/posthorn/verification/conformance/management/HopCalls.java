package io.posthorn.verification.conformance.management;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The methods of Hop whose answers a test looks at.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface HopCalls {
    String[] value();
}
