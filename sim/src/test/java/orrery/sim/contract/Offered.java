package orrery.sim.contract;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// Whether the API server under test has what a check needs.
final class Offered implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), Needs.class)
                .map(Offered::evaluate)
                .orElse(ConditionEvaluationResult.enabled("it needs nothing"));
    }

    private static ConditionEvaluationResult evaluate(Needs needs) {
        var api = Api.shared();
        if (api.minor() < needs.version()) {
            return ConditionEvaluationResult.disabled("needs Kubernetes 1." + needs.version()
                    + ", this is 1." + api.minor());
        }
        if (!api.isSimulated() && needs.simulation()) {
            return ConditionEvaluationResult.disabled("needs the simulated region");
        }
        return ConditionEvaluationResult.enabled("it is there");
    }
}
