package orrery.kit.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The statuses below 400 that handlers answer with, read off their code: those of the makers of
/// [Answer] that a handler comes to, directly or by methods that give it an answer.
///
/// What a route says of itself could be wrong; its code cannot. Statuses that are computed are not
/// seen, and no handler of a documented family computes one below 400.
final class Successes {
    private static final ClassDesc ANSWER = describe(Answer.class);
    private static final MethodTypeDesc STATUS =
            MethodTypeDesc.of(ANSWER, describe(int.class));
    private static final int LEAST = 200;
    private static final int FIRST_REFUSAL = 400;
    private static final int GREATEST = 599;

    /// A method that gives an answer.
    private record Source(ClassDesc owner, String name, MethodTypeDesc type) {}

    private final ClassLoader loader;
    private final Map<ClassDesc, ClassModel> classes = new HashMap<>();
    private final Map<Source, Set<Integer>> known = new HashMap<>();

    /// @param loader where the handlers' code is found
    Successes(ClassLoader loader) {
        this.loader = loader;
    }

    /// @return none for a handler that only refuses
    SortedSet<Integer> of(Method handler) {
        var type = MethodType.methodType(handler.getReturnType(), handler.getParameterTypes());
        return at(new Source(describe(handler.getDeclaringClass()), handler.getName(),
                type.describeConstable().orElseThrow())).stream()
                .filter(status -> status < FIRST_REFUSAL)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<Integer> at(Source source) {
        var before = known.putIfAbsent(source, Set.of());
        if (before != null) {
            return before;
        }
        var found = code(source).map(this::read).orElse(Set.of());
        known.put(source, found);
        return found;
    }

    private Set<Integer> read(CodeModel code) {
        var made = new ArrayList<Set<Integer>>();
        var numbers = new TreeSet<Integer>();
        for (var element : code) {
            switch (element) {
                case ConstantInstruction it when it.constantValue() instanceof Integer number
                        && number >= LEAST && number <= GREATEST -> numbers.add(number);
                case InvokeInstruction it -> {
                    called(it, made, Set.copyOf(numbers));
                    numbers.clear();
                }
                case InvokeDynamicInstruction it -> it.bootstrapArgs().stream()
                        .filter(DirectMethodHandleDesc.class::isInstance)
                        .map(DirectMethodHandleDesc.class::cast)
                        .filter(handle -> handle.invocationType().returnType().equals(ANSWER))
                        .forEach(handle -> made.add(at(new Source(handle.owner(),
                                handle.methodName(), MethodTypeDesc.ofDescriptor(
                                        handle.lookupDescriptor())))));
                default -> { }
            }
        }
        return made.stream().flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
    }

    /// @param numbers that were pushed since the last call
    private void called(
            InvokeInstruction call, List<Set<Integer>> made, Set<Integer> numbers) {
        var source = new Source(call.owner().asSymbol(), call.name().stringValue(),
                call.typeSymbol());
        boolean isOfAnswer = source.owner().equals(ANSWER);
        if (isOfAnswer && source.name().equals("<init>")) {
            made.add(numbers);
        } else if (isOfAnswer && source.type().equals(STATUS)) {
            // The same answer, which was the last one made, with another status.
            if (!made.isEmpty()) {
                made.removeLast();
            }
            made.add(numbers);
        } else if (source.type().returnType().equals(ANSWER)) {
            var given = at(source);
            if (!given.isEmpty()) {
                made.add(given);
            }
        }
    }

    private Optional<CodeModel> code(Source source) {
        var here = classes.computeIfAbsent(source.owner(), this::parse);
        var method = here.methods().stream()
                .filter(it -> it.methodName().equalsString(source.name())
                        && it.methodTypeSymbol().equals(source.type())).findFirst();
        return method.isPresent() ? method.get().code() : here.superclass().flatMap(above ->
                code(new Source(above.asSymbol(), source.name(), source.type())));
    }

    private ClassModel parse(ClassDesc type) {
        var text = type.descriptorString();
        var file = text.substring(1, text.length() - 1) + ".class";
        try (var in = loader.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the code of " + file + " is not there");
            }
            return ClassFile.of().parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClassDesc describe(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }
}
