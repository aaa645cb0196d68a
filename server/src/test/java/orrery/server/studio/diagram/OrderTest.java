package orrery.server.studio.diagram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderTest {
    private static final String IMAGE = "{image: 'nginx'}";

    private static List<String> order(Canvas canvas) {
        List<DiagramMistake> mistakes = new ArrayList<>();
        List<String> order = Order.of(canvas.diagram(), mistakes).stream().map(Node::id).toList();
        assertThat(mistakes).isEmpty();
        return order;
    }

    private static Canvas web() {
        return new Canvas()
                .node("ing", "ingress", "{}")
                .node("web", "deployment", IMAGE)
                .node("svc", "service", "{}")
                .node("cfg", "configmap", "{}");
    }

    @Test
    void wiringEdgesOrderAlikeWhicheverWayTheyWereDrawn() {
        List<String> wanted = List.of("cfg", "svc", "web", "ing");
        assertThat(order(web().edge("ing", "svc").edge("svc", "web").edge("cfg", "web")))
                .isEqualTo(wanted);
        assertThat(order(web().edge("svc", "ing").edge("web", "svc").edge("web", "cfg")))
                .isEqualTo(wanted);
    }

    @Test
    void edgesBetweenWorkloadsPutTheSourceFirst() {
        Canvas canvas = new Canvas()
                .node("web", "deployment", IMAGE).node("api", "deployment", IMAGE)
                .node("migrate", "job", IMAGE).node("db", "statefulset", IMAGE)
                .edge("api", "web").edge("migrate", "api").edge("db", "migrate");
        assertThat(order(canvas)).containsExactly("db", "migrate", "api", "web");
    }

    @Test
    void namesEveryCircleAndStillOrdersAllNodes() {
        Canvas canvas = new Canvas()
                .node("a", "deployment", IMAGE).node("b", "deployment", IMAGE)
                .node("c", "deployment", IMAGE).node("x", "job", IMAGE).node("y", "job", IMAGE)
                .edge("a", "b").edge("b", "c").edge("c", "a").edge("x", "y").edge("y", "x");
        List<DiagramMistake> mistakes = new ArrayList<>();
        assertThat(Order.of(canvas.diagram(), mistakes)).hasSize(5);
        assertThat(mistakes).extracting(DiagramMistake::message).satisfiesExactly(
                m -> assertThat(m).matches(".*(a → b → c → a|b → c → a → b|c → a → b → c);.*"),
                m -> assertThat(m).matches(".*(x → y → x|y → x → y);.*"));
    }

    @Test
    void namesDanglingAndSelfEdgesInsteadOfACircle() {
        Canvas canvas = new Canvas().node("a", "deployment", IMAGE)
                .edge("a", "gone").edge("lost", "a").edge("a", "a");
        List<DiagramMistake> mistakes = new ArrayList<>();
        assertThat(Order.of(canvas.diagram(), mistakes)).hasSize(1);
        assertThat(mistakes).extracting(m -> m.node() + "." + m.field())
                .containsExactly("a>gone.target", "lost>a.source", "a>a.");
        assertThat(mistakes).noneMatch(m -> m.message().contains("circle"));
    }
}
