package orrery.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/// A test of a model, whose one parameter is a [Story] for each of these seeds: always the same, so
/// that the gate repeats. `-Dorrery.seed=7` gives all tests another, `-Dorrery.seed=random` a new
/// one, and `-Dorrery.seed=random:8` eight new ones.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@ArgumentsSource(Seeds.Stories.class)
public @interface Seeds {
    /// Where the seed stands that is asked for.
    String PROPERTY = "orrery.seed";

    /// The seeds where none is asked for.
    long[] value();

    /// One story for each.
    final class Stories implements ArgumentsProvider, AnnotationConsumer<Seeds> {
        private static final String NEW = "random";
        private long[] standard = {};

        @Override
        public void accept(Seeds seeds) {
            standard = seeds.value();
        }

        @Override
        public Stream<Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return seeds(System.getProperty(PROPERTY, "")).mapToObj(Story::new)
                    .map(Arguments::of);
        }

        private LongStream seeds(String asked) {
            if (asked.isEmpty()) {
                return LongStream.of(standard);
            }
            if (!asked.startsWith(NEW)) {
                return LongStream.of(Long.parseLong(asked));
            }
            var count = asked.substring(NEW.length()).replace(":", "");
            // Of few digits: people copy them.
            return new Random().longs(count.isEmpty() ? 1 : Long.parseLong(count), 0, 1_000_000);
        }
    }
}
