/// Inference endpoints: models that a region serves, as InferenceServices of KServe.
@NullMarked
package orrery.server.platform.inference;

import org.jspecify.annotations.NullMarked;
