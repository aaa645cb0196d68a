package orrery.server.compute.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import orrery.kit.Problem.Mistake;
import orrery.kit.db.Tx;
import orrery.server.platform.stack.Plan;
import orrery.server.platform.stack.Stack;
import org.jspecify.annotations.Nullable;

/// What stacks of one kind make, as deploys make, change and delete it.
interface Maker {
    /// The stacks that it is for.
    Stack.Kind kind();

    /// What one that it makes is called: `cluster`.
    String resource();

    /// Those with these identifiers, deleted ones too.
    Map<String, Part> parts(Tx tx, Collection<String> ids);

    /// What is wrong with what a plan would make, by fields of that.
    List<Mistake> mistakes(Plan plan);

    /// Why what was made by one plan cannot be brought to another; `null` when it can.
    @Nullable String obstacle(Plan from, Plan to);

    /// Asks for one.
    Made make(Tx tx, Deploy deploy, Wanted wanted, Plan plan, String name);

    /// Begins to bring one to a plan.
    ///
    /// @return the run; `null` when it is so already
    @Nullable String change(Tx tx, String id, Plan to);

    /// Takes [#change] back.
    ///
    /// @return whether no more is to be done; else ask again
    boolean restore(Tx tx, String id, Plan before);

    /// Begins to delete one. One that is gone is left alone.
    void delete(Tx tx, String id);

    /// One that was asked for.
    ///
    /// @param run that makes it
    record Made(String id, String name, @Nullable String run) {}

    /// One of a deploy, as it is now.
    ///
    /// @param state in its own words
    /// @param run the last that changed it
    /// @param plan that it was made by, where it knows
    record Part(String id, String name, String state, @Nullable String reason,
            @Nullable String run, Health health, @Nullable Plan plan) {}

    enum Health {
        WELL,
        /// A run changes, makes or deletes it.
        CHANGING,
        /// It could not be made or deleted, or is lost.
        BROKEN,
        GONE
    }

    /// What a plan says, as the body of a POST that asks for one.
    static ObjectNode body(Plan plan, String name, Map<String, String> labels) {
        var body = plan.values().deepCopy().put("name", name);
        var all = body.get("labels") instanceof ObjectNode given
                ? given : body.putObject("labels");
        labels.forEach(all::put);
        return body;
    }
}
