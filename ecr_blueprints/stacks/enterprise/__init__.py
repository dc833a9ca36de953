"""Images are built and governed in Harbor or Artifactory; ECR is the clusters' edge."""
