package orrery.kit.http;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a record looks like as JSON. Read once for each class: reflection gives a copy whose
/// annotations are parsed anew at every look.
record Shape(List<Part> parts, Constructor<?> constructor) {
    private static final ClassValue<Shape> ALL = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return read(type);
        }
    };

    /// One component.
    ///
    /// @param name as Java has it
    /// @param field as callers write it
    /// @param aliases how else they may write it
    /// @param isFuture whether it must lie in the future
    /// @param isInternal whether it is for operators alone
    record Part(String name, String field, List<String> aliases, Class<?> raw, AnnotatedType type,
            boolean isNullable, boolean isFuture, boolean isInternal) {}

    static Shape of(Class<?> record) {
        return ALL.get(record);
    }

    private static Shape read(Class<?> record) {
        var components = record.getRecordComponents();
        try {
            var constructor = record.getDeclaredConstructor(Arrays.stream(components)
                    .map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return new Shape(Arrays.stream(components).map(Shape::part).toList(), constructor);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("cannot make a " + record.getName(), e);
        }
    }

    private static Part part(RecordComponent component) {
        var alias = component.getAccessor().getAnnotation(JsonAlias.class);
        var type = component.getAnnotatedType();
        return new Part(component.getName(), field(component),
                alias == null ? List.of() : List.of(alias.value()), component.getType(), type,
                isNullable(type), type.isAnnotationPresent(Future.class),
                component.isAnnotationPresent(Internal.class));
    }

    static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private static String field(RecordComponent component) {
        var said = component.getAccessor().getAnnotation(JsonProperty.class);
        if (said != null && !said.value().isEmpty()) {
            return said.value();
        }
        var naming = component.getDeclaringRecord().getAnnotation(JsonNaming.class);
        if (naming != null && naming.value() == PropertyNamingStrategies.SnakeCaseStrategy.class) {
            return PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE
                    .translate(component.getName());
        }
        return component.getName();
    }
}
