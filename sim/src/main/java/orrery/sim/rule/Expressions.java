package orrery.sim.rule;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Compiles expressions, each once, and evaluates them within limits.
///
/// Variables are untyped: a mistake of type shows when the rule meets an object, not when the
/// CRD is made.
final class Expressions {
    static final int MAX_LENGTH = 20_000;
    private static final int MAX_KEPT = 2_000;
    private static final int MAX_STEPS = 200_000;
    private static final CelOptions OPTIONS = CelOptions.current()
            .comprehensionMaxIterations(MAX_STEPS)
            .maxExpressionCodePointSize(MAX_LENGTH)
            .maxParseRecursionDepth(64)
            .enableHeterogeneousNumericComparisons(true)
            .build();
    private static final Cel CEL = CelFactory.standardCelBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("self", SimpleType.DYN)
            .addVar("oldSelf", SimpleType.DYN)
            .addCompilerLibraries(CelExtensions.strings(), CelExtensions.optional(),
                    CelExtensions.sets(OPTIONS), ListFunctions.LIBRARY)
            .addRuntimeLibraries(CelExtensions.strings(), CelExtensions.optional(),
                    CelExtensions.sets(OPTIONS), ListFunctions.LIBRARY)
            .build();
    private static final Map<String, CelRuntime.Program> PROGRAMS = new ConcurrentHashMap<>();

    private Expressions() {}

    /// What is wrong with an expression; empty when nothing is.
    static String mistake(String expression) {
        try {
            program(expression);
            return "";
        } catch (Unusable unusable) {
            return unusable.getMessage();
        }
    }

    /// @param variables `self`, and `oldSelf` where it is known
    /// @throws Unusable when it cannot be compiled or evaluated
    static Object evaluate(String expression, Map<String, Object> variables) throws Unusable {
        try {
            return program(expression).eval(variables);
        } catch (CelEvaluationException | RuntimeException | StackOverflowError e) {
            throw new Unusable(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static CelRuntime.Program program(String expression) throws Unusable {
        CelRuntime.Program known = PROGRAMS.get(expression);
        if (known != null) {
            return known;
        }
        try {
            CelRuntime.Program made = CEL.createProgram(CEL.compile(expression).getAst());
            if (PROGRAMS.size() >= MAX_KEPT) {
                PROGRAMS.clear();
            }
            PROGRAMS.put(expression, made);
            return made;
        } catch (CelValidationException | CelEvaluationException | RuntimeException
                | StackOverflowError e) {
            throw new Unusable(String.valueOf(e.getMessage()));
        }
    }

    /// An expression that cannot be compiled, or not be evaluated on this value.
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        Unusable(String message) {
            super(message);
        }
    }
}
