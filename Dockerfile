# The candidate's serving image: production's own, with the version tree of the pull request in it.
# The gate sends the build context as a stream; everything in tree/ belongs to root and is readable.
ARG SERVING_IMAGE
FROM ${SERVING_IMAGE}
# Before the copy, so that what an interrupted build leaves can be told from other images.
ARG SERVEGATE_OWNER
ARG SERVEGATE_BUILD
LABEL servegate.owner=${SERVEGATE_OWNER} servegate.build=${SERVEGATE_BUILD}
COPY tree/ /
