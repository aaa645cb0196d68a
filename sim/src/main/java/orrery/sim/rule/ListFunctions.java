package orrery.sim.rule;

import static dev.cel.common.CelFunctionDecl.newFunctionDeclaration;
import static dev.cel.common.CelOverloadDecl.newMemberOverload;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.cel.checker.CelCheckerBuilder;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerLibrary;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeLibrary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The functions that Kubernetes adds to the language: of lists (`isSorted`, `sum`, `min`,
/// `max`, `indexOf`, `lastIndexOf`) and of regular expressions (`find`, `findAll`).
final class ListFunctions implements CelCompilerLibrary, CelRuntimeLibrary {
    static final ListFunctions LIBRARY = new ListFunctions();

    private static final CelType LIST = ListType.create(SimpleType.DYN);

    private ListFunctions() {}

    @Override
    public void setCheckerOptions(CelCheckerBuilder checker) {
        checker.addFunctionDeclarations(
                newFunctionDeclaration("isSorted",
                        newMemberOverload("list_is_sorted", SimpleType.BOOL, LIST)),
                newFunctionDeclaration("sum",
                        newMemberOverload("list_sum", SimpleType.DYN, LIST)),
                newFunctionDeclaration("min",
                        newMemberOverload("list_min", SimpleType.DYN, LIST)),
                newFunctionDeclaration("max",
                        newMemberOverload("list_max", SimpleType.DYN, LIST)),
                newFunctionDeclaration("find", newMemberOverload("string_find",
                        SimpleType.STRING, SimpleType.STRING, SimpleType.STRING)),
                newFunctionDeclaration("findAll", newMemberOverload("string_find_all",
                        ListType.create(SimpleType.STRING),
                        SimpleType.STRING, SimpleType.STRING)));
    }

    @Override
    public void setRuntimeOptions(CelRuntimeBuilder runtime) {
        runtime.addFunctionBindings(CelFunctionBinding.fromOverloads("isSorted",
                CelFunctionBinding.from("list_is_sorted", List.class, ListFunctions::sorted)));
        runtime.addFunctionBindings(CelFunctionBinding.fromOverloads("sum",
                CelFunctionBinding.from("list_sum", List.class, ListFunctions::sum)));
        runtime.addFunctionBindings(CelFunctionBinding.fromOverloads("min",
                CelFunctionBinding.from("list_min", List.class,
                        list -> extreme(list, ListFunctions::compare))));
        runtime.addFunctionBindings(CelFunctionBinding.fromOverloads("max",
                CelFunctionBinding.from("list_max", List.class,
                        list -> extreme(list, (a, b) -> compare(b, a)))));
        runtime.addFunctionBindings(CelFunctionBinding.fromOverloads("find",
                CelFunctionBinding.from("string_find", String.class, String.class,
                        (text, pattern) -> matches(text, pattern).stream()
                                .findFirst().orElse(""))));
        runtime.addFunctionBindings(CelFunctionBinding.fromOverloads("findAll",
                CelFunctionBinding.from("string_find_all", String.class, String.class,
                        ListFunctions::matches)));
    }

    private static boolean sorted(List<?> list) {
        for (int i = 1; i < list.size(); i++) {
            if (compare(list.get(i - 1), list.get(i)) > 0) {
                return false;
            }
        }
        return true;
    }

    private static Object sum(List<?> list) {
        long whole = 0;
        double broken = 0;
        boolean wholes = true;
        for (Object one : list) {
            if (one instanceof Long number) {
                whole = Math.addExact(whole, number);
            } else if (one instanceof Double number) {
                broken += number;
                wholes = false;
            } else {
                throw new IllegalArgumentException("sum: no number: " + one);
            }
        }
        return wholes ? (Object) whole : (Object) (whole + broken);
    }

    private static Object extreme(List<?> list, Comparator<Object> order) {
        return list.stream().map(Object.class::cast).min(order).orElseThrow(
                () -> new IllegalArgumentException("min/max called on empty list"));
    }

    private static int compare(Object a, Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return Double.compare(x.doubleValue(), y.doubleValue());
        }
        if (a instanceof String x && b instanceof String y) {
            return x.compareTo(y);
        }
        throw new IllegalArgumentException("no order between " + a + " and " + b);
    }

    /// By RE2, which takes time in proportion to the text.
    private static List<String> matches(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        List<String> all = new ArrayList<>();
        while (matcher.find()) {
            all.add(matcher.group());
        }
        return all;
    }
}
