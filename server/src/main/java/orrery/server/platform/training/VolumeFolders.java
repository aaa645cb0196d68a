package orrery.server.platform.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Slug;
import org.jspecify.annotations.Nullable;

/// The volumes of a job, which its node sees as folders: one to write checkpoints to, and others to
/// read. A volume is on one node at a time, so a job that has any is of one node.
final class VolumeFolders {
    private static final int MOST = 8;
    private static final Pattern FOLDER = Pattern.compile("(?!/(proc|sys|dev|run)(/|$))"
            + "(/[A-Za-z0-9_][-._A-Za-z0-9]{0,62}){1,8}");

    private VolumeFolders() {}

    static void check(Mistakes mistakes, Work work) {
        mistakes.unless(work.datasets().size() <= MOST, "datasets",
                        "must have at most " + MOST + " entries")
                .unless(work.nodes() == 1 || all(work).isEmpty(), "nodes",
                        "must be 1 with volumes: each is on one node at a time");
        var seen = new HashSet<String>();
        check(mistakes, "checkpoint", work.checkpoint(), seen);
        for (int i = 0; i < work.datasets().size(); i++) {
            check(mistakes, "datasets[" + i + "]", work.datasets().get(i), seen);
        }
    }

    private static void check(Mistakes mistakes, String at, Work.@Nullable Folder folder,
            HashSet<String> seen) {
        if (folder == null) {
            return;
        }
        mistakes.check(at + ".volumeId", folder.volumeId(),
                        it -> Ids.isId(it) || Slug.isSlug(it),
                        "must be the identifier or name of a volume")
                .check(at + ".volumeId", folder.volumeId(), it -> seen.add("volume " + it),
                        "is named twice")
                .check(at + ".path", folder.path(), it -> FOLDER.matcher(it).matches(),
                        "must be a folder such as /data, and none of the system's")
                .check(at + ".path", folder.path(), it -> seen.add("path " + it),
                        "is another volume's, too");
    }

    static List<Work.Folder> all(Work work) {
        var all = new ArrayList<Work.Folder>();
        if (work.checkpoint() != null) {
            all.add(work.checkpoint());
        }
        all.addAll(work.datasets());
        return all;
    }

    /// Gives them to the pods of a job.
    ///
    /// @param volumes of pods
    /// @param mounts of their container
    static void mount(ArrayNode volumes, ArrayNode mounts, Work work) {
        if (work.checkpoint() != null) {
            mount(volumes, mounts, "checkpoint", work.checkpoint(), false);
        }
        for (int i = 0; i < work.datasets().size(); i++) {
            mount(volumes, mounts, "dataset-" + i, work.datasets().get(i), true);
        }
    }

    private static void mount(ArrayNode volumes, ArrayNode mounts, String name,
            Work.Folder folder, boolean isReadOnly) {
        volumes.addObject().put("name", name)
                .putObject("persistentVolumeClaim").put("claimName", folder.claim());
        mounts.addObject().put("name", name).put("mountPath", folder.path())
                .put("readOnly", isReadOnly);
    }
}
